// An error without CORS headers: the handler sets them by hand where all went well, and throws before that.
// (`app.use(cors())` in front would keep them: Express's own error page leaves headers alone that are already set.)
const express = require('express');
const cors = require('cors');

const app = express();
const port = process.env.PORT || 3000;

const customers = new Map([['c1', { name: 'Ada' }]]);

// cors
app.options('/api/orders', cors({ origin: 'https://app.example' }));
// end of cors

app.post('/api/orders', express.json(), (req, res) => {
  const customer = customers.get(req.body.customer);
  const order = { id: '8', customer: customer.name };
  // cors
  res.set('Access-Control-Allow-Origin', 'https://app.example');
  // end of cors
  res.status(201).json(order);
});

app.listen(port, '127.0.0.1', () => {
  console.log(`Example app listening on port ${port}`);
});
