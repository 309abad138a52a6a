// The header is written by hand for whoever is on the list, and the answer may be cached; nothing says that it varies.
const express = require('express');

const app = express();
const allowed = ['https://app.example', 'https://site.example'];

// cors
app.use((req, res, next) => {
  if (allowed.includes(req.headers.origin)) {
    res.header('Access-Control-Allow-Origin', req.headers.origin);
  }
  next();
});
// end of cors

app.get('/api/catalogue', (req, res) => {
  res.set('Cache-Control', 'public, s-maxage=600').json([{ id: '7' }]);
});

app.listen(process.env.PORT, '127.0.0.1');
