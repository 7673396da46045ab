// axios
import axios from 'axios';
import { createClient } from '@doorward/client';
import { attach } from '@doorward/client/axios';

const client = createClient({ url: 'http://127.0.0.1:8080' });
const api = axios.create({ baseURL: 'http://127.0.0.1:8080' });
attach(api, client);

await client.login({ email: 'ann@example.com', password: 'a quiet harbour at dawn' });
console.log((await api.get('/auth/me')).data.user.email);
