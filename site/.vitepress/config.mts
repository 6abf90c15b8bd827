import * as fs from 'node:fs';
import { defineConfig } from 'vitepress';

/** Written by scripts/site.ts, which takes it from the front page. */
const { sidebar, repository, description } = JSON.parse(fs.readFileSync('navigation.json', 'utf8'));

export default defineConfig({
  title: 'sagemaker-cicd-projen',
  description,
  lang: 'en',
  head: [
    ['link', { rel: 'icon', href: 'data:,' }],
    // Room for the tables of options and roles, and a focus that is seen.
    ['style', {}, '.VPDoc.has-aside .content-container { max-width: 860px !important } '
      + '.vp-doc :is(td, th) { padding: 6px 10px; font-size: 13px } '
      + '.vp-doc td:not(:first-child) code { overflow-wrap: anywhere } '
      + ':focus-visible { outline: 2px solid var(--vp-c-brand-1) !important }'],
  ],
  srcDir: 'pages',
  outDir: 'html',
  ignoreDeadLinks: false,
  markdown: {
    // Indented code is commands, drawn like fenced ones: by itself it would widen the page on a phone.
    config: (md) => {
      md.renderer.rules.code_block = (tokens, index, ...rest) => {
        tokens[index].info = 'sh';
        return md.renderer.rules.fence!(tokens, index, ...rest);
      };
    },
    // As the forge makes them, so that links to headings lead to the same places.
    anchor: {
      slugify: heading => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replace(/ /g, '-'),
    },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  themeConfig: {
    sidebar,
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
  },
});
