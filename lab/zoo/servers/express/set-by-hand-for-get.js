// The headers are set by hand in the one route; nobody thought of OPTIONS.
const express = require('express');

const app = express();
app.use(express.json());

app.post('/api/orders', (req, res) => {
  // cors
  res.header('Access-Control-Allow-Origin', 'https://app.example');
  res.header('Access-Control-Allow-Headers', 'Content-Type');
  // end of cors
  res.status(201).json({ id: '8', ...req.body });
});

app.listen(process.env.PORT, '127.0.0.1');
