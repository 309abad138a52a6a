# Reads policies that were exported for rack-cors, as the gem does. Prints a list of objects.
require 'json'
require 'rack'

puts(JSON.generate(ARGV.map do |file|
  policy = Module.new
  load(File.expand_path(file), policy)
  resource = Rack::Cors.new(nil, &policy::CORS_POLICY).send(:all_resources).first.resources.first
  { methods: resource.methods, headers: resource.headers, expose: resource.expose }
end))
