//! Invented names: as spelled, and as they stand in an address. Some carry accents, apostrophes or decomposed Unicode,
//! because real directories do, and because a broker must echo them byte for byte.

/// Mail domain of everyone; `.example` never resolves.
pub(crate) const DOMAIN: &str = "fennimoretidal.example";

pub(super) const GIVEN: [(&str, &str); 32] = [
    ("Casimir", "casimir"),
    ("Ottilie", "ottilie"),
    ("Tobiah", "tobiah"),
    ("Solveig", "solveig"),
    ("Zoe\u{308}", "zoe"),
    ("Bruno", "bruno"),
    ("Yuki", "yuki"),
    ("Márta", "marta"),
    ("Ffion", "ffion"),
    ("Anneliese", "anneliese"),
    ("Rene\u{301}", "rene"),
    ("Ikaika", "ikaika"),
    ("Søren", "soren"),
    ("Priyanka", "priyanka"),
    ("Jean-Luc", "jean-luc"),
    ("Gudrun", "gudrun"),
    ("Wanjiru", "wanjiru"),
    ("Łucja", "lucja"),
    ("Emrys", "emrys"),
    ("Haruka", "haruka"),
    ("Nuño", "nuno"),
    ("Tamsin", "tamsin"),
    ("Idris", "idris"),
    ("Beatriz", "beatriz"),
    ("Oisín", "oisin"),
    ("Marit", "marit"),
    ("Kwame", "kwame"),
    ("Åse", "ase"),
    ("Leocadia", "leocadia"),
    ("美咲", "misaki"),
    ("Dilnoza", "dilnoza"),
    ("Perrin", "perrin"),
];

pub(super) const FAMILY: [(&str, &str); 32] = [
    ("Wrenfield", "wrenfield"),
    ("Brandvold", "brandvold"),
    ("Lindqvist", "lindqvist"),
    ("Anquetil", "anquetil"),
    ("O'Tarrant", "o'tarrant"),
    ("Cattermole", "cattermole"),
    ("Penhallow", "penhallow"),
    ("D’Aubrecourt", "daubrecourt"),
    ("Muirhead", "muirhead"),
    ("van der Zwaluw", "vanderzwaluw"),
    ("Szélmalom", "szelmalom"),
    ("Ka‘ahanui", "kaahanui"),
    ("Ångvik", "angvik"),
    ("Ramaseshan", "ramaseshan"),
    ("Ibáñez Quiroga", "ibanez"),
    ("Stormdalsson", "stormdalsson"),
    ("Mbugua-Finch", "mbugua-finch"),
    ("Wodnicka", "wodnicka"),
    ("Llanfair", "llanfair"),
    ("Minatogawa", "minatogawa"),
    ("Teixidor", "teixidor"),
    ("Trevanion", "trevanion"),
    ("al-Qalafi", "alqalafi"),
    ("Marisqueira", "marisqueira"),
    ("Ní Chuilinn", "nichuilinn"),
    ("Tøllefsrud", "tollefsrud"),
    ("Asantewaa", "asantewaa"),
    ("Bo\u{308}ttcherskov", "boettcherskov"),
    ("Pelagatti", "pelagatti"),
    ("港", "minato"),
    ("Yo‘ldosheva", "yoldosheva"),
    ("Quillfeather", "quillfeather"),
];

/// Department, the titles in it, its cost centre.
pub(super) const DEPARTMENTS: [(&str, &[&str], &str); 8] = [
    ("Pilotage", &["Deck Officer", "Harbour Pilot", "Pilot Dispatcher"], "CC-100"),
    ("Vessel Traffic", &["Traffic Controller", "Watch Supervisor"], "CC-310"),
    ("Turbine Maintenance", &["Rope Access Technician", "Blade Inspector", "Gearbox Fitter"], "CC-420"),
    ("Hydrography", &["Surveyor", "Tide Analyst"], "CC-430"),
    ("People & Culture", &["Recruiter", "Payroll Clerk"], "CC-510"),
    ("Legal", &["Counsel", "Contracts Manager"], "CC-520"),
    ("IT Operations", &["Systems Engineer", "Identity Administrator", "Service Desk Agent"], "CC-600"),
    ("Finance", &["Controller", "Purchasing Agent"], "CC-700"),
];

/// City, country, language.
pub(super) const PLACES: [(&str, &str, &str); 6] = [
    ("Bergen", "NO", "nb-NO"),
    ("Aberdeen", "GB", "en-GB"),
    ("Vigo", "ES", "gl-ES"),
    ("Göteborg", "SE", "sv-SE"),
    ("Kōbe", "JP", "ja-JP"),
    ("Brest", "FR", "fr-FR"),
];

pub(super) const STREETS: [&str; 4] = ["Kaigaten 9", "12 Breakwater Row", "Rúa do Peirao 3", "Skeppsbron 41"];

pub(super) const TEAMS: [&str; 12] = [
    "All Staff",
    "Harbour Pilots",
    "Night Watch",
    "VPN Users",
    "Berth Planning",
    "Tidal Array \"North\"",
    "Crew & Contractors",
    "Säkerhet",
    "Payroll Approvers",
    "GitHub Admins",
    "Zoe\u{308}’s Reading Circle",
    "On-call + Escalation",
];
