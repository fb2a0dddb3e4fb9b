//! How output looks: headers, narrow terminals, colors, lists to choose from, help, and names.

mod help;
mod names;
mod pipe;
#[cfg(target_os = "linux")] // a terminal made by script(1)
mod terminal;
mod way;
