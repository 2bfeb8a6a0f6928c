// VitePress' own theme, with tables that keep within the page.
import DefaultTheme from "vitepress/theme";
import "./tables.css";

export default DefaultTheme;
