// storages
import { createClient, inLocalStorage } from '@doorward/client';

const client = createClient({ url: 'http://127.0.0.1:8080', storage: inLocalStorage() });

client.on('signed-out', ({ elsewhere, code }) => console.log('Show the login page.', elsewhere, code));
// It may be another person now.
client.on('signed-in', ({ elsewhere }) => elsewhere && location.reload());
