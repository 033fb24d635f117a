//! Words of a fixed list, the same in the database, the API and the code.

/// An enum whose values are words: stored, sent and read as `snake_case` of their names.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$value_doc])* $value,)+
        }

        impl $name {
            /// The word stored in the database and sent over the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }

            /// Reads the stored word.
            ///
            /// # Errors
            /// Internal, for a word that nothing of this version wrote.
            pub fn read(word: &str) -> skald_kernel::Result<Self> {
                match word {
                    $($word => Ok(Self::$value),)+
                    _ => Err(skald_kernel::Error::internal(format!("{word} is no {}", stringify!($name)))),
                }
            }
        }
    )+};
}

pub(crate) use words;
