// The gate is the first middleware, and preflights carry no token.
const express = require('express');
const cors = require('cors');

const app = express();

app.use((req, res, next) => {
  if (!req.headers.authorization) return res.status(401).json({ error: 'no token' });
  next();
});
// cors
app.use(cors({ origin: 'https://app.example' }));
// end of cors
app.use(express.json());

app.put('/api/orders/:id', (req, res) => {
  res.json({ id: req.params.id, ...req.body });
});

app.listen(process.env.PORT, '127.0.0.1');
