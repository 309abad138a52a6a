<?php

// The policy `app` for Laravel 9.2 and later, made by `corsac export`.
// Save it as config/cors.php; then php artisan config:clear.
// - headers on errors: only where HandleCors is global middleware, as Laravel has it
// - removal of the application's own CORS headers: they stay where the policy has no word of its own: take Access-Control-* out of your application
// - preflights before authentication: only where HandleCors is global middleware, as Laravel has it

return [
    'paths' => ['*'],
    'allowed_methods' => [],
    'allowed_origins' => ['*'],
    'allowed_origins_patterns' => [],
    'allowed_headers' => ['Content-Type', 'X-Api-Key'],
    'exposed_headers' => ['*'],
    'max_age' => 7200,
    'supports_credentials' => false,
];
