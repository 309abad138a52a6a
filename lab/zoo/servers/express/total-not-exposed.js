// The count for the pager is in a header, and no script may read it.
const express = require('express');
const cors = require('cors');

const app = express();

// cors
app.use(cors({ origin: ['https://app.example'] }));
// end of cors

app.get('/api/orders', (req, res) => {
  res.set('X-Total-Count', '42').json([{ id: '7' }]);
});

app.listen(process.env.PORT, '127.0.0.1');
