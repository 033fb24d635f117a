//! `#[db_test]`: one test, two databases.

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{FnArg, ItemFn, parse_macro_input};

/// Makes `name::sqlite` and `name::postgres` out of `async fn name(t: T)`, where `T: FromTestDb`.
#[proc_macro_attribute]
pub fn db_test(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = parse_macro_input!(item as ItemFn);
    let Some(FnArg::Typed(argument)) = function.sig.inputs.first() else {
        let error = syn::Error::new_spanned(&function.sig, "a db_test takes one argument, such as `t: TestDb`");
        return error.to_compile_error().into();
    };
    let wanted = argument.ty.clone();
    let name = function.sig.ident.clone();
    let body = format_ident!("{name}_on");
    function.sig.ident = body.clone();
    quote! {
        mod #name {
            use super::*;

            #function

            #[test]
            fn sqlite() {
                ::skald_platform::testing::run::<#wanted, _>(::skald_platform::testing::Backend::Sqlite, #body);
            }

            #[test]
            fn postgres() {
                ::skald_platform::testing::run::<#wanted, _>(::skald_platform::testing::Backend::Postgres, #body);
            }
        }
    }
    .into()
}
