// The header is missing: allowedHeaders was written before the API asked for a token.
const express = require('express');
const cors = require('cors');

const app = express();
const port = process.env.PORT || 3000;

// cors
app.use(
  cors({
    origin: ['https://app.example'],
    methods: ['GET', 'POST'],
    allowedHeaders: ['Content-Type'],
  }),
);
// end of cors
app.use(express.json());

app.post('/api/orders', (req, res) => {
  if (!req.headers.authorization) {
    return res.status(401).json({ error: 'no token' });
  }
  res.status(201).json({ id: '8', ...req.body });
});

app.listen(port, '127.0.0.1', () => {
  console.log(`Example app listening on port ${port}`);
});
