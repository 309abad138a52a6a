// No OPTIONS handler: `cors()` on the route alone. A preflight is OPTIONS, and app.post() does not see it;
// `app.options('/api/orders', cors(corsOptions))` is the line that is missing.
const express = require('express');
const cors = require('cors');

const app = express();
const port = process.env.PORT || 3000;

const corsOptions = {
  origin: 'https://app.example',
  credentials: true,
};

app.use(express.json());

app.post(
  '/api/orders',
  // cors
  cors(corsOptions),
  // end of cors
  (req, res) => {
    res.status(201).json({ id: '8', ...req.body });
  },
);

app.listen(port, '127.0.0.1', () => {
  console.log(`Example app listening on port ${port}`);
});
