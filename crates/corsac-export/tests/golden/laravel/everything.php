<?php

// The policy `app` for Laravel 9.2 and later, made by `corsac export`.
// Save it as config/cors.php; then php artisan config:clear.
// - 403 for refused preflights: it is answered 204 without the headers, or with the only origin there is, so that the browser refuses it
// - headers on errors: only where HandleCors is global middleware, as Laravel has it
// - removal of the application's own CORS headers: they stay where the policy has no word of its own: take Access-Control-* out of your application
// - preflights before authentication: only where HandleCors is global middleware, as Laravel has it

return [
    'paths' => ['*'],
    'allowed_methods' => ['PUT', 'PATCH', 'DELETE', 'QUERY'],
    'allowed_origins' => ['https://app.example', 'tauri://localhost', 'https://xn--bcher-kva.example:8443'],
    'allowed_origins_patterns' => ['#\\Ahttps://([a-z0-9_-]+\\.)+app\\.example\\z#', '#\\Ahttp://localhost(:[1-9][0-9]{0,4})?\\z#'],
    'allowed_headers' => ['Authorization', 'Content-Type', 'X-Request-Id'],
    'exposed_headers' => ['X-Request-Id', 'X-Total'],
    'max_age' => 7200,
    'supports_credentials' => true,
];
