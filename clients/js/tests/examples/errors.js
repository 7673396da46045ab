// errors
import { createClient, DoorwardError } from '@doorward/client';

const client = createClient({ url: 'http://127.0.0.1:8080' });

try {
  await client.login({ email: 'ann@example.com', password: 'wrong' });
} catch (error) {
  if (!(error instanceof DoorwardError)) throw error;
  console.log(error.status, error.code, error.message, error.errors.length);
}
