// `*` with credentials: the option that "allows everything", and the one that "allows cookies", together.
const express = require('express');
const cors = require('cors');

const app = express();
const port = process.env.PORT || 3000;

// cors
app.use(cors({ origin: '*', credentials: true }));
// end of cors
app.use(express.json());

app.post('/api/login', (req, res) => {
  res.cookie('session', 'f00d', { httpOnly: true });
  res.json({ user: req.body.user });
});

app.listen(port, '127.0.0.1', () => {
  console.log(`Example app listening on port ${port}`);
});
