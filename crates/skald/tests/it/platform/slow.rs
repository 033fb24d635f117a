//! Clients that are slow or send too much, on a bare connection; and the port itself.

use std::time::Duration;

use skald::wiring::{self, Given};
use skald_platform::{http::bind, testing::TestDb};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::*;

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.url.trim_start_matches("http://")).await.expect("a connection")
}

/// Everything the server says until it closes the connection.
async fn until_closed(mut stream: TcpStream) -> String {
    let mut said = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut said)).await;
    // A reset is an end, too.
    let _ = read.expect("the server closes the connection");
    String::from_utf8_lossy(&said).into_owned()
}

#[db_test]
async fn a_client_that_does_not_finish_its_headers_is_cut_off(t: TestDb) {
    let mut config = t.config;
    config.header_timeout_ms = 200;
    let app = TestApp::with(config, Given::default()).await;
    for start in ["", "GET /hea", "GET /health HTTP/1.1\r\nHost: skald\r\nX-Slow: "] {
        let mut stream = connect(&app).await;
        stream.write_all(start.as_bytes()).await.unwrap();
        let said = until_closed(stream).await;
        assert!(!said.contains("200 OK"), "{start:?}: {said}");
    }
    app.anonymous().get("/health").await.ok();
}

#[db_test]
async fn a_client_that_does_not_finish_its_body_is_told_and_cut_off(t: TestDb) {
    let mut config = t.config;
    config.body_timeout_ms = 200;
    let app = TestApp::with(config, Given::default()).await;
    let mut stream = connect(&app).await;
    let start = "POST /api/v1/auth/login HTTP/1.1\r\nHost: skald\r\nContent-Type: application/json\r\n\
                 Content-Length: 60\r\n\r\n{\"username\":";
    stream.write_all(start.as_bytes()).await.unwrap();
    let said = until_closed(stream).await;
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert!(said.contains(r#""error_code":"request_timeout""#), "{said}");
    app.anonymous().get("/health").await.ok();
}

#[db_test]
async fn a_body_that_comes_in_drips_is_not_waited_for_without_end(t: TestDb) {
    let mut config = t.config;
    config.body_timeout_ms = 300;
    let app = TestApp::with(config, Given::default()).await;
    let (mut reading, mut writing) = connect(&app).await.into_split();
    let start = "POST /api/v1/auth/login HTTP/1.1\r\nHost: skald\r\nContent-Type: application/json\r\n\
                 Content-Length: 1000\r\n\r\n";
    writing.write_all(start.as_bytes()).await.unwrap();
    let drips = async {
        let mut drip = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..200 {
            drip.tick().await;
            if writing.write_all(b" ").await.is_err() {
                return;
            }
        }
    };
    let mut said = Vec::new();
    let closed = tokio::select! {
        _ = reading.read_to_end(&mut said) => true,
        () = drips => false,
    };
    assert!(closed, "the connection was held for ten seconds");
}

#[db_test]
async fn headers_beyond_measure_are_refused(app: TestApp) {
    for headers in ["X-Many: 1\r\n".repeat(200), format!("X-Long: {}\r\n", "x".repeat(200_000))] {
        let mut stream = connect(&app).await;
        let request = format!("GET /health HTTP/1.1\r\nHost: skald\r\n{headers}\r\n");
        // The server may hang up before it has read everything.
        let _ = stream.write_all(request.as_bytes()).await;
        let said = until_closed(stream).await;
        assert!(!said.contains("200 OK"), "{said}");
    }
    app.anonymous().get("/health").await.ok();
}

#[db_test]
async fn a_port_that_is_taken_is_named_and_one_that_was_left_can_be_taken(t: TestDb) {
    let app = TestApp::with(t.config.clone(), Given::default()).await;
    let mut config = t.config;
    config.listen = app.url.trim_start_matches("http://").parse().unwrap();
    let other = wiring::assemble(config.clone(), Given::default()).await.unwrap();
    let error = match bind(other.config()).await {
        Ok(_) => panic!("two servers on one port"),
        Err(error) => error.to_string(),
    };
    assert!(error.contains(&config.listen.to_string()) && error.contains("--listen"), "{error}");
    // A connection that was open when the server stopped must not keep the port.
    let held = connect(&app).await;
    app.anonymous().get("/health").await.ok();
    app.stop().await;
    drop(held);
    let again = TestApp::with(config, Given::default()).await;
    again.anonymous().get("/health").await.ok();
}
