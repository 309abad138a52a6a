# An application behind exported policies: `/NUMBER/…` is governed by `policy_NUMBER.rb` of the working folder.
# What it answers to `/NUMBER/case/INDEX` is in `inner.json`; on the rest it fails, and the error's page is made inside of the
# policy, as Rails does it.
require 'json'
require 'rack'

INNER = JSON.parse(File.read('inner.json'))

# Where an authentication is to be behind the lines, this is what a known caller sends.
AUTHORIZATION = ENV.fetch('CORSAC_LAB_AUTHORIZATION', nil)

APPLICATION = lambda do |env|
  next [401, {}, []] if AUTHORIZATION && env['HTTP_AUTHORIZATION'] != AUTHORIZATION

  index = env['PATH_INFO'][%r{\A/case/(\d+)\z}, 1] or raise 'an application that fails'
  said = INNER[index.to_i]
  headers = said['headers'].each_with_object({ 'X-Inner' => 'asked' }) do |(name, value), all|
    own = all.keys.find { |other| other.casecmp?(name) } || name
    all[own] = [all[own], value].compact.join("\n")
  end
  [said['status'], headers, []]
end

Dir.glob('policy_*.rb').each do |file|
  policy = Module.new
  load(File.expand_path(file), policy)
  map "/#{file[/\d+/]}" do
    use Rack::Cors, &policy::CORS_POLICY
    use Rack::ShowExceptions
    run APPLICATION
  end
end
