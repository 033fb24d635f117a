//! All addresses on one screen.

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{any, get},
};
use skald_platform::{App, http::finish, http::method_not_allowed, http::not_found};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_swagger_ui::SwaggerUi;

use crate::{health, mcp, web};

/// The description of the API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Skald",
        description = "A story server: one canon, four ways to use it. Errors are problem+json with an `error_code`.",
    ),
    modifiers(&Bearer),
    components(schemas(skald_platform::http::ProblemBody)),
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        openapi.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The API below `/api/v1`, with its description.
pub fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Description::openapi()).nest(
        "/api/v1",
        skald_access::router()
            .merge(skald_canon::router())
            .merge(skald_ai::router())
            .merge(skald_studio::router())
            .merge(skald_table::router())
            .merge(skald_play::router())
            .merge(skald_exchange::router()),
    )
}

/// Everything this server answers.
pub fn router(app: &App) -> Router {
    let (api, openapi) = api().split_for_parts();
    let api = api
        .route("/api/v1/live", get(skald_platform::live::route))
        .layer(from_fn_with_state(app.clone(), skald_access::idempotency));
    let inside = api.clone().with_state(app.clone());
    let router = api
        .route("/api/{*rest}", any(not_found))
        .merge(health::router())
        .fallback(web::serve)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(app.clone())
        .merge(mcp::router(app, inside))
        .merge(SwaggerUi::new("/docs").url("/openapi.json", openapi));
    finish(router, app)
}
