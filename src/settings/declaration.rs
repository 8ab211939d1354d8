//! How one setting is declared, and the macro that turns a declaration into a plain struct.

use super::kinds::{Shape, Shown};
use super::load::Reading;

/// What is known of one setting before any source is read.
#[derive(Debug)]
pub struct Setting {
    /// The TOML table it stands in; empty for a key at the top of the file.
    pub section: &'static str,
    /// The key within its section.
    pub name: &'static str,
    /// The default in the form the environment uses: lists separated by commas, empty for "not set".
    pub default: &'static str,
    /// One or two sentences for the operator, with the unit.
    pub documentation: &'static str,
    /// Whether TOML writes it as text, number or list.
    pub shape: Shape,
    /// A secret is never printed.
    pub secret: bool,
}

impl Setting {
    /// The dotted key, such as `http.listen`.
    pub fn key(&self) -> String {
        if self.section.is_empty() { self.name.to_owned() } else { format!("{}.{}", self.section, self.name) }
    }

    /// The environment variable that sets it, such as `DOSSIER_HTTP_LISTEN`.
    pub fn environment_variable(&self) -> String {
        format!("DOSSIER_{}", self.key().replace('.', "_").to_uppercase())
    }
}

/// A group of settings: one TOML table.
#[derive(Debug)]
pub struct SectionDeclaration {
    /// The name of the TOML table; empty for the top of the file.
    pub name: &'static str,
    /// What the group is about.
    pub about: &'static str,
    /// Its settings, in the order they are printed.
    pub settings: &'static [Setting],
}

/// A struct made by [`section!`].
pub(super) trait Section: Sized {
    const DECLARATION: SectionDeclaration;

    /// Takes every setting of the section; what is wrong is noted in `reading` and the answer is then `None`.
    fn read(reading: &mut Reading) -> Option<Self>;

    /// The values in force, in the order of the declaration.
    fn show(&self) -> Vec<Shown>;
}

/// Declares a section: `Struct = "table" { key: Kind = "default"; }`, where the documentation comments of the keys are
/// the documentation that operators read.
macro_rules! section {
    (
        $(#[doc = $about:literal])+
        $section:ident = $table:literal {
            $( $(#[doc = $documentation:literal])+ $name:ident: $kind:ty = $default:literal; )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $section {
            $( $(#[doc = $documentation])+ pub $name: $kind, )+
        }

        impl $crate::settings::declaration::Section for $section {
            const DECLARATION: $crate::settings::declaration::SectionDeclaration =
                $crate::settings::declaration::SectionDeclaration {
                    name: $table,
                    about: concat!($($about),+),
                    settings: &[$(
                        $crate::settings::declaration::Setting {
                            section: $table,
                            name: stringify!($name),
                            default: $default,
                            documentation: concat!($($documentation),+),
                            shape: <$kind as $crate::settings::kinds::Kind>::SHAPE,
                            secret: <$kind as $crate::settings::kinds::Kind>::SECRET,
                        }
                    ),+],
                };

            fn read(reading: &mut $crate::settings::load::Reading) -> Option<Self> {
                let mut settings = Self::DECLARATION.settings.iter();
                $( let $name = settings.next().and_then(|setting| reading.take::<$kind>(setting)); )+
                Some(Self { $($name: $name?),+ })
            }

            fn show(&self) -> Vec<$crate::settings::kinds::Shown> {
                vec![$( $crate::settings::kinds::Kind::show(&self.$name) ),+]
            }
        }
    };
}

pub(super) use section;
