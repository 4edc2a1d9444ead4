// Misuse at the earliest moments, and at the last.
import { app, Menu } from 'electron';

Menu.buildFromTemplate([{ label: 'early', accelerator: 'Nope' }]);
void app.whenReady().then(() => Menu.buildFromTemplate([{ label: 'ready', accelerator: 'Nope' }]));
app.on('quit', () => Menu.buildFromTemplate([{ label: 'late', accelerator: 'Nope' }]));
