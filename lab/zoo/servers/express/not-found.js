// Healthy: the path is wrong, and the page can read that it is.
const express = require('express');
const cors = require('cors');

const app = express();

app.use(cors({ origin: ['https://app.example'] }));
app.get('/api/orders/:id', (req, res) => res.json({ id: req.params.id, status: 'open' }));

app.listen(process.env.PORT, '127.0.0.1');
