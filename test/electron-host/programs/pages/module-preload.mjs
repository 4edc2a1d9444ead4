import 'electron';
