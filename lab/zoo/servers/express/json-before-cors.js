// The body is parsed before cors() is asked, and what cannot be parsed is answered at once.
const express = require('express');
const cors = require('cors');

const app = express();

app.use(express.json());
// cors
app.use(cors({ origin: ['https://app.example'] }));
// end of cors

app.post('/api/orders', (req, res) => {
  res.status(201).json({ id: '8', ...req.body });
});

app.listen(process.env.PORT, '127.0.0.1');
