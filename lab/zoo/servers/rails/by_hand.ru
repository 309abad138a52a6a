# The headers by hand, as matrix.toml has them.

# gate
class Gate
  def initialize(app) = @app = app

  def call(env)
    return [401, { 'Content-Type' => 'text/plain' }, ['who are you?']] unless env['HTTP_AUTHORIZATION']

    @app.call(env)
  end
end

use Gate
# end of gate
# login
class Login
  def initialize(app) = @app = app

  def call(env)
    return [302, { 'Location' => '/login' }, []] unless env['HTTP_AUTHORIZATION']

    @app.call(env)
  end
end

use Login
# end of login
# cors
class Speak
  def initialize(app) = @app = app

  def call(env)
    # preflight
    if env['REQUEST_METHOD'] == 'OPTIONS'
      headers = {}
      add(headers, '{preflight.name}', '{preflight.value}')
      return [204, headers, []]
    end
    # end of preflight
    status, headers, body = @app.call(env)
    add(headers, '{answer.name}', '{answer.value}')
    # asking
    add(headers, 'Access-Control-Allow-Origin', env['HTTP_ORIGIN']) if env['HTTP_ORIGIN']
    # end of asking
    [status, headers, body]
  end

  # Rack writes a line for each line of a value.
  def add(headers, name, value) = headers[name] = [headers[name], value].compact.join("\n")
end

use Speak
# end of cors

run(lambda do |env|
  headers = { 'Content-Type' => 'application/json' }
  next [405, headers, []] if env['REQUEST_METHOD'] == 'OPTIONS'
  next [500, headers, ['{"error":"no such customer"}']] if env['PATH_INFO'] == '/api/broken'

  headers['X-Total-Count'] = '42' if env['PATH_INFO'] == '/api/counted'
  headers['Cache-Control'] = 'public, s-maxage=600' if env['PATH_INFO'] == '/api/catalogue'
  [200, headers, ['{"id":"7"}']]
end)
