#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::run("token_answers", bytes));
