// The whitelist that throws: the function in the documentation of `cors` answers an origin it does not know with an
// error, so that the page sees a 500 where the real fault is the missing www.
const express = require('express');
const cors = require('cors');

const app = express();
const port = process.env.PORT || 3000;

const whitelist = ['https://example.com', 'http://localhost:3000'];

const corsOptions = {
  origin: function (origin, callback) {
    if (whitelist.indexOf(origin) !== -1 || !origin) {
      callback(null, true);
    } else {
      callback(new Error('Not allowed by CORS'));
    }
  },
  credentials: true,
};

// cors
app.use(cors(corsOptions));
// end of cors
app.use(express.json());

app.post('/api/orders', (req, res) => {
  res.status(201).json({ id: '8', ...req.body });
});

app.listen(port, '127.0.0.1', () => {
  console.log(`Example app listening on port ${port}`);
});
