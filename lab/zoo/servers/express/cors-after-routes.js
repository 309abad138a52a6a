// Middleware runs in the order in which it is used: the route has answered before cors() is asked.
const express = require('express');
const cors = require('cors');

const app = express();

app.get('/api/orders/:id', (req, res) => {
  res.json({ id: req.params.id, status: 'open' });
});

// cors
app.use(cors({ origin: 'https://app.example' }));
// end of cors

app.listen(process.env.PORT, '127.0.0.1');
