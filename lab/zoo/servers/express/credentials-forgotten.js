// The page began to send its cookie; `credentials: true` was never added.
const express = require('express');
const cors = require('cors');

const app = express();

// cors
app.use(cors({ origin: ['https://app.example', 'https://admin.example'] }));
// end of cors

app.get('/api/me', (req, res) => {
  res.json({ name: 'Ada' });
});

app.listen(process.env.PORT, '127.0.0.1');
