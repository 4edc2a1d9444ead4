import { main } from './cli/main.ts';
import { Engine } from './engine/index.ts';

void main((parts) => new Engine(parts));
