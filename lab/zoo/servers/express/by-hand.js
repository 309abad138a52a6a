// The headers by hand, as matrix.toml has them.
const express = require('express');

const app = express();

// gate
app.use((req, res, next) => {
  if (!req.headers.authorization) return res.status(401).json({ error: 'who are you?' });
  next();
});
// end of gate
// login
app.use((req, res, next) => {
  if (!req.headers.authorization) return res.redirect('/login');
  next();
});
// end of login
// cors
app.use((req, res, next) => {
  // preflight
  if (req.method === 'OPTIONS') {
    res.append('{preflight.name}', '{preflight.value}');
    return res.status(204).end();
  }
  // end of preflight
  res.append('{answer.name}', '{answer.value}');
  // asking
  if (req.headers.origin) res.append('Access-Control-Allow-Origin', req.headers.origin);
  // end of asking
  next();
});
// end of cors

app.use((req, res) => {
  if (req.method === 'OPTIONS') return res.status(405).end();
  if (req.path === '/api/broken') return res.status(500).json({ error: 'no such customer' });
  if (req.path === '/api/counted') res.set('X-Total-Count', '42');
  if (req.path === '/api/catalogue') res.set('Cache-Control', 'public, s-maxage=600');
  res.json({ id: '7' });
});

app.listen(process.env.PORT, '127.0.0.1');
