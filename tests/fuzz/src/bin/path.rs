#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::timed(fuzz::path, bytes));
