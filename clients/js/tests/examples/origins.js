// origins
import { createClient } from '@doorward/client';

const client = createClient({ url: 'http://127.0.0.1:8080', origins: ['https://api.example.com'] });

console.log(await client.credentials('https://elsewhere.example.com/'));
