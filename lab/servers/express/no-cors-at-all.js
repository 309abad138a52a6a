// Nothing about CORS: the API as the first chapter of every tutorial leaves it.
const express = require('express');

const app = express();
const port = process.env.PORT || 3000;

app.get('/api/orders/:id', (req, res) => {
  res.json({ id: req.params.id, status: 'open' });
});

app.listen(port, '127.0.0.1', () => {
  console.log(`Example app listening on port ${port}`);
});
