pub(crate) mod m0001_spine;
