import { main } from './cli/main.ts';
import { Engine } from './engine/index.ts';

void main(({ settings, log }) => new Engine({ settings, log }));
