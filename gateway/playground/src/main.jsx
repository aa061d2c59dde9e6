import 'graphiql/graphiql.css';
import './playground.css';
import { createRoot } from 'react-dom/client';
import { Playground } from './playground.jsx';

createRoot(document.getElementById('app')).render(<Playground />);
