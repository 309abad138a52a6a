// Right: one list of origins, with credentials, and every method and header that the page uses.
const express = require('express');
const cors = require('cors');

const app = express();
const port = process.env.PORT || 3000;

const allowedOrigins = ['https://app.example', 'http://localhost:5173'];

app.use(
  cors({
    origin: allowedOrigins,
    methods: ['GET', 'PUT', 'POST', 'DELETE'],
    allowedHeaders: ['Content-Type', 'Authorization'],
    credentials: true,
    maxAge: 600,
  }),
);
app.use(express.json());

app.get('/api/orders/:id', (req, res) => {
  res.json({ id: req.params.id, status: 'open' });
});

app.put('/api/orders/:id', (req, res) => {
  res.json({ id: req.params.id, ...req.body });
});

app.listen(port, '127.0.0.1', () => {
  console.log(`Example app listening on port ${port}`);
});
