// start
import { createClient } from '@doorward/client';

const client = createClient({ url: 'http://127.0.0.1:8080' });

await client.register({
  email: 'ann@example.com',
  password: 'a quiet harbour at dawn',
  firstName: 'Ann',
  lastName: 'Lee',
});
await client.logout();

const user = await client.login({ email: 'ann@example.com', password: 'a quiet harbour at dawn' });
console.log(user.firstName);

const answer = await client.fetch('/auth/sessions');
console.log((await answer.json()).sessions.length);
