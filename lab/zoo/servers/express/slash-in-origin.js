// The origin was copied from the address bar, with its slash.
const express = require('express');
const cors = require('cors');

const app = express();

// cors
app.use(cors({ origin: 'https://app.example/' }));
// end of cors

app.get('/api/orders/:id', (req, res) => {
  res.json({ id: req.params.id, status: 'open' });
});

app.listen(process.env.PORT, '127.0.0.1');
