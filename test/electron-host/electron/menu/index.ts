export { Menu, MenuItem, openMenus, surroundRoles } from './menu.ts';
