// The server is right; the page sends Access-Control-Allow-Origin itself, as an answer in a forum told it.
const express = require('express');
const cors = require('cors');

const app = express();

app.use(cors({ origin: ['https://app.example'], allowedHeaders: ['Content-Type', 'Authorization'] }));
app.get('/api/orders/:id', (req, res) => res.json({ id: req.params.id, status: 'open' }));

app.listen(process.env.PORT, '127.0.0.1');
