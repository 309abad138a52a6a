// http and https: the list was made on the developer's machine, and the site is on https by now.
const express = require('express');
const cors = require('cors');

const app = express();
const port = process.env.PORT || 3000;

const allowedOrigins = ['http://localhost:3000', 'http://app.example'];

// cors
app.use(cors({ origin: allowedOrigins, credentials: true }));
// end of cors
app.use(express.json());

app.put('/api/orders/:id', (req, res) => {
  res.json({ id: req.params.id, ...req.body });
});

app.listen(port, '127.0.0.1', () => {
  console.log(`Example app listening on port ${port}`);
});
