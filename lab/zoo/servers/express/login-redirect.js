// Whoever has no session is sent to the login page, preflights too.
const express = require('express');
const cors = require('cors');

const app = express();

app.use((req, res, next) => {
  if (!req.headers.cookie && req.path !== '/login') return res.redirect('/login');
  next();
});
// cors
app.use(cors({ origin: 'https://app.example', credentials: true }));
// end of cors
app.all('/login', (req, res) => res.status(401).send('<form>Who are you?</form>'));
app.put('/api/orders/:id', (req, res) => res.json({ id: req.params.id }));

app.listen(process.env.PORT, '127.0.0.1');
