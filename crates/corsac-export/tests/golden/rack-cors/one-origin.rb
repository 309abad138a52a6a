# The policy `app` for Rails and Rack with rack-cors 1.1 and later, made by `corsac export`.
# Rails: save it as config/initializers/cors_policy.rb. Rack: require it in config.ru; then use Rack::Cors, &CORS_POLICY before everything else.
# - 403 for refused preflights: it is answered 200 without any of the headers, so that the browser refuses it
# - headers on errors: only where it stands first, so that error pages are made inside of it
# - removal of the application's own CORS headers: they stay, and stand in place of the policy's: take Access-Control-* out of your application
# - preflights before authentication: only where it stands before authentication

require 'rack/cors' # gem 'rack-cors'

CORS_POLICY = proc do
  allow do
    origins 'https://app.example'
    resource '*',
             methods: ['get', 'head', 'post', 'put'],
             headers: ['Content-Type'],
             expose: [],
             credentials: false,
             max_age: 5
  end
end

Rails.application.config.middleware.insert_before 0, Rack::Cors, &CORS_POLICY if defined?(Rails)
