# The policy `app` for Rails and Rack with rack-cors 1.1 and later, made by `corsac export`.
# Rails: save it as config/initializers/cors_policy.rb. Rack: require it in config.ru; then use Rack::Cors, &CORS_POLICY before everything else.
# - any origin (`*`): the headers are on answers to requests with Origin alone, and caches are told so
# - headers on errors: only where it stands first, so that error pages are made inside of it
# - removal of the application's own CORS headers: they stay, and stand in place of the policy's: take Access-Control-* out of your application
# - preflights before authentication: only where it stands before authentication

require 'rack/cors' # gem 'rack-cors'

CORS_POLICY = proc do
  allow do
    origins '*'
    resource '*',
             methods: ['get', 'head', 'post'],
             headers: ['Content-Type', 'X-Api-Key'],
             expose: ['*'],
             credentials: false,
             max_age: 7200
  end
end

Rails.application.config.middleware.insert_before 0, Rack::Cors, &CORS_POLICY if defined?(Rails)
