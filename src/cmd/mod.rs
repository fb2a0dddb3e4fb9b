//! One command, one file: its arguments, its help and its work.

pub mod token;
