import { main } from './cli/main.ts';

void main(async () => {
  const { Engine } = await import('./engine/index.ts');
  return (parts) => new Engine(parts);
});
