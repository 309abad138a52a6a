// The method is missing: the list was made for reading and creating, and now the page deletes.
const express = require('express');
const cors = require('cors');

const app = express();
const port = process.env.PORT || 3000;

// cors
app.use(
  cors({
    origin: ['https://app.example'],
    methods: ['GET', 'POST'],
    credentials: true,
  }),
);
// end of cors

app.delete('/api/orders/:id', (req, res) => {
  res.status(204).end();
});

app.listen(port, '127.0.0.1', () => {
  console.log(`Example app listening on port ${port}`);
});
