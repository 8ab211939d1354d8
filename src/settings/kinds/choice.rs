//! One of a few words.

/// Declares an enum whose variants are written as words: `Profile "one of the profiles" { Variant = "word" }`.
macro_rules! choice {
    (
        $(#[doc = $about:literal])+
        $name:ident expects $expected:literal {
            $( $(#[doc = $documentation:literal])+ $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $( $(#[doc = $documentation])+ $variant, )+
        }

        impl $name {
            /// The word the settings file uses.
            pub fn word(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )+
                }
            }
        }

        impl $crate::settings::kinds::Kind for $name {
            const EXPECTED: &'static str = $expected;

            fn parse(
                text: &str,
                _: &$crate::settings::kinds::Base,
            ) -> Result<Self, $crate::settings::kinds::Unacceptable> {
                match text {
                    $( $word => Ok(Self::$variant), )+
                    other => Err($crate::settings::kinds::Unacceptable(format!(
                        "{} is not one of the choices",
                        $crate::settings::kinds::quoted(other)
                    ))),
                }
            }

            fn show(&self) -> $crate::settings::kinds::Shown {
                $crate::settings::kinds::Shown::Text(self.word().to_owned())
            }
        }
    };
}

pub(in crate::settings) use choice;
