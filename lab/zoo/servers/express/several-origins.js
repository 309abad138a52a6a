// Two frontends, two origins, one header: as the answer with the most votes does not do it.
const express = require('express');

const app = express();

// cors
app.use((req, res, next) => {
  res.header('Access-Control-Allow-Origin', 'https://app.example, https://admin.example');
  res.header('Access-Control-Allow-Headers', 'Origin, X-Requested-With, Content-Type, Accept');
  next();
});
// end of cors

app.get('/api/orders/:id', (req, res) => {
  res.json({ id: req.params.id, status: 'open' });
});

app.listen(process.env.PORT, '127.0.0.1');
